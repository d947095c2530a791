"""The pages of the desk, one module for each way in its navigation."""
