"""What needs attention, and what happened last."""
