"""A pretend Slack workspace in one process, as strict as Slack.

It is the page one tries the app on and the fake every test goes through by the wire. The app
reaches it through the real slack_bolt and slack_sdk; nothing here knows the app.
"""
