"""What the gateway serves itself: the composed view, the reference, its health."""
