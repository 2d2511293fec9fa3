"""What both faces show alike: the Storefront Alias field and the fields of forms. It knows no page and no role."""
