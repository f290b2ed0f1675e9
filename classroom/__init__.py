"""What teachers run: write the exercises into the chapters, hand them out as assignments, and grade what comes back."""
