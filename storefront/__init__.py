"""Face 2: what resellers and end customers see."""
