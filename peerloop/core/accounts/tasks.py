from smtplib import SMTPException

from celery import shared_task
from django.core.mail import EmailMessage


@shared_task(autoretry_for=(OSError, SMTPException), retry_backoff=True, max_retries=8)
def mail_message(subject: str, body: str, sender: str, to: list[str]) -> None:
    """Send one plain-text mail; a mail server that does not answer is asked again, less and less often."""
    EmailMessage(subject, body, sender, to).send()
