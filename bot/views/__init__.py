"""Block Kit: values in, dicts out; no session, no client. Every message's text says it all."""
