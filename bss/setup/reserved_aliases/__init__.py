"""Setup > Reserved aliases: what no reseller may have as its Storefront Alias."""
