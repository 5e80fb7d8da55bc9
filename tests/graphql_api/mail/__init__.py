"""The worker for mails, against an SMTP server that is real and can be told how to fail."""
