"""System checks of the domain. Filled by the faces' routes: see `aliases.reserved_words`."""
