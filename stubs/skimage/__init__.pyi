"""The names of scikit-image that the examples use: its functions have no annotations of their own."""
