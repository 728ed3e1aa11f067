"""What can go wrong when owners decide about documents, changes and rhythms, in their words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError


class DocumentGone(OwnerError):
    code = "document_gone"
    message = _("{title} is no longer there: it was deleted, or a sync found that its page is gone.")
    remedy = _("Go back to the source and look at what it holds now.")


class CorrectionEmpty(OwnerError):
    code = "correction_empty"
    message = _("The corrected text is empty, so the agent would know nothing from it.")
    remedy = _("Write what the agent should say, or press Set aside if it should not use this at all.")


class CorrectionTooLong(OwnerError):
    code = "correction_too_long"
    message = _("The corrected text has {length} characters; {limit} are possible.")
    remedy = _("Shorten it, or add the rest as a text of its own.")


class VersionGone(OwnerError):
    code = "version_gone"
    message = _("That version is no longer kept: only the newest {kept} of a document are.")
    remedy = _("Choose one of the versions that are listed, or type the text and press Save correction.")


class PageOfCorrectionGone(OwnerError):
    """A note beside a corrected document, whose page a sync did not meet any more."""

    code = "page_of_correction_gone"
    message = _("{title} is no longer on its source, but your corrected text is still used.")
    remedy = _("If it is no longer true, press Set aside.")


class HeldForReview(OwnerError):
    code = "held_for_review"
    message = _("{title} was read and waits for your review, so the agent does not use it yet.")
    remedy = _("Open Changes of this source, look at it, then press Accept or Decline.")


class AnswersOffered(OwnerError):
    code = "answers_offered"
    message = _("{count} answers were found and wait for your review, so the agent does not use them yet.")
    remedy = _("Press Look at them, put right what you like, then press Accept or Decline.")


class AlwaysReviewed(OwnerError):
    code = "always_reviewed"
    message = _("What is found in past conversations always waits for your review.")
    remedy = _("Open the source and press Look at them.")


class PairIncomplete(OwnerError):
    code = "pair_incomplete"
    message = _("The question or the answer is empty, or longer than {limit} characters.")
    remedy = _("Write both, then press Accept.")


class DeclinedPage(OwnerError):
    code = "declined"
    message = _("You declined {title}, so the agent does not use it.")
    remedy = _("It is offered again when it changes. To use it now, accept it under Changes of this source.")


class ChangeOvertaken(OwnerError):
    code = "change_overtaken"
    message = _("{title} changed once more, or somebody else has decided about it meanwhile.")
    remedy = _("Look at the list again, then decide about what it shows now.")


class SourceRemoved(OwnerError):
    code = "source_removed"
    message = _("{source} was deleted meanwhile, so nothing of it goes live.")
    remedy = _("Go back to Knowledge. To use what it held, add the source once more.")


class ChangeFailed(OwnerError):
    """A note beside a document whose accepted change could not be carried out."""

    code = "change_failed"
    message = _("The change of {title} that you accepted could not be carried out, so it waits again.")
    remedy = _("Accept it once more. If it fails again, tell whoever runs Berrydesk. Reference: {reference}.")


class NeverReviewed(OwnerError):
    code = "never_reviewed"
    message = _("What comes by the API is used at once: no sync finds it, so nothing could wait for review.")
    remedy = _("Leave review off here, and let your program send only what the agent should use.")


class NoSuchRhythm(OwnerError):
    code = "no_such_rhythm"
    message = _("A source cannot be kept fresh like that.")
    remedy = _("Choose every hour, every night, every week, or only when you press Sync.")


class NoSuchAudience(OwnerError):
    code = "no_such_audience"
    message = _("“{what}” does not say which customers are meant.")
    remedy = _("Write one attribute a line, with its values: tier: gold, platinum")
