"""The compositions, one module an artist."""
