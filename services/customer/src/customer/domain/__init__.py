"""The rules of identity: plain values in, plain values out."""
