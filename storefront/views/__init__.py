"""The rooms of the storefronts. A view finds, asks the domain one thing and answers."""
