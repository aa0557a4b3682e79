"""What the bot costs, against what it is measured by: ratios of two things timed in one run."""
