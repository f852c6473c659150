"""What the office hands out on paper and in files."""
