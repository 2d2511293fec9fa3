"""The product's manual: stories that run through several rooms."""
