"""The rules of complaints: plain values and functions, without I/O, clock or framework."""
