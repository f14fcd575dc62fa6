"""What segmentation does, a module for each verb."""
