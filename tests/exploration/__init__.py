"""Every schedule of a few actors within bounds: who goes on, who dies, which answer is lost."""
