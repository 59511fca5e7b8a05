"""What happens to an answer: verdicts become actions, actions become the text that may leave."""
