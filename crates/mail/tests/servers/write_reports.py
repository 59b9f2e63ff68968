"""Writes reports about deliveries with Python's own mail library, one line of JSON each."""

import json
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP


def report(action, status, returned):
    whole = MIMEMultipart("report", report_type="delivery-status")
    whole["From"] = "Mail Delivery System <mailer-daemon@mx.example.org>"
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(MIMEText("I am sorry: anna@example.org ünreachable.\n", _charset="utf-8"))

    about_message, about_recipient = Message(), Message()
    about_message["Reporting-MTA"] = "dns; mx.example.org"
    about_recipient["Final-Recipient"] = "rfc822; anna@example.org"
    about_recipient["Action"] = action
    about_recipient["Status"] = status
    about_recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 " + "no such user " * 12
    status_part = MIMENonMultipart("message", "delivery-status")
    status_part.set_payload([about_message, about_recipient])
    whole.attach(status_part)

    original = Message()
    original["Message-ID"] = "<gc_1-gift@shop.example>"
    original["Subject"] = "Anna sent you a gift card"
    original.set_payload("See your gift: https://shop.example/g\n")
    if returned == "headers":
        whole.attach(MIMEText(original.as_string(), "rfc822-headers"))
    elif returned == "all":
        part = MIMENonMultipart("message", "rfc822")
        part.set_payload([original])
        whole.attach(part)
    return whole.as_bytes(policy=SMTP).decode("ascii")


for case in [
    ("failed", "5.1.1", "headers"),
    ("failed", "5.1.1", "all"),
    ("failed", "4.4.7 (expired)", "none"),
    ("delayed", "4.4.1", "headers"),
    ("delivered", "2.0.0", "headers"),
    ("relayed", "2.0.0", "none"),
]:
    print(json.dumps(report(*case)))
