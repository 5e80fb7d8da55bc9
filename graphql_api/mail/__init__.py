"""Sends the mails that mutations leave in the outbox: claims them, hands them to an SMTP server, forgets them."""
