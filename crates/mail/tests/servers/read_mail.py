"""Reads mails, one file name a line, and says what Python's own mail library finds in each."""

import email
import email.policy
import json
import sys

for name in sys.stdin:
    with open(name.strip(), "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    print(json.dumps({
        "subject": str(mail["subject"]),
        "message_id": str(mail["message-id"]),
        "from": [[a.display_name, a.addr_spec] for a in mail["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in mail["to"].addresses],
        "names": [field for field, _ in mail.items()],
        "text": mail.get_body(("plain",)).get_content(),
        "html": mail.get_body(("html",)).get_content(),
        "types": [part.get_content_type() for part in mail.walk()],
        "pictures": [
            [part["content-id"], part.get_content_disposition(), len(part.get_content())]
            for part in mail.walk() if part.get_content_maintype() == "image"
        ],
        "defects": [repr(d) for part in mail.walk() for d in part.defects],
    }))
