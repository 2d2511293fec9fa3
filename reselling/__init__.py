"""What a reseller does with its own storefront: brand and pictures, what it lists and at which price, customers, texts.

Below the faces, above `plans`: a plan opens the storefront and says what it may have (entitlements as they were sold);
here is how it is run. Knows no request and no screen. Its rows are nouns of `plans.models`.
"""
