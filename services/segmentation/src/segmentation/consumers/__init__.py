"""What segmentation learns from other services, a module for each topic."""
