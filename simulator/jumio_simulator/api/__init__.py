"""What Jumio documents: its APIs, as its customers call them."""
