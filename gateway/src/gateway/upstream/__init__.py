"""The gateway's own HTTP/1.1 client: pooled keep-alive connections to the suite's parts."""
