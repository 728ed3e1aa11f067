"""Letters to people who join."""

import logging
import smtplib

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def send_invitation(invitation, link):
    """Send the link to the invited person. Returns False when the mail server refused; the link works anyway."""
    facts = {"invitation": invitation, "link": link, "workspace": invitation.workspace}
    subject = _("Join {workspace} on Berrydesk").format(workspace=invitation.workspace.name)
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string("workspaces/invitation.txt", facts),
            None,
            [invitation.email],
        )
    except (smtplib.SMTPException, OSError):
        log.warning("The invitation %s could not be sent", invitation.pk, exc_info=True)
        return False
    return True
