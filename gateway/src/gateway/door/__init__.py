"""The hot path: one ASGI callable that every request passes, in front of FastAPI."""
