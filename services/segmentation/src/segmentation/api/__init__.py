"""What segmentation answers over HTTP, a module for each resource."""
