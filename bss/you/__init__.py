"""What is about whoever is signed in: their profile, the keys, and the letters written to them."""
