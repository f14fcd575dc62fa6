"""What segmentation does by the clock or by hand."""
