"""The demo's fixed data (PRODUCT.md section 10): the same people, orders and letters for everybody who looks."""
