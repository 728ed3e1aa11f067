"""What can go wrong with YouTube, in the owner's words."""

from django.utils.translation import gettext_lazy as _

from berrydesk.errors import OwnerError

_UPLOAD = _(
    "Download the captions in YouTube Studio (Subtitles, then the three dots) and upload the .srt or .vtt file, or "
    "paste the transcript into the box."
)


class NoCaptions(OwnerError):
    code = "youtube_no_captions"
    message = _("{title} has no captions, and Berrydesk learns from captions.")
    remedy = _("Turn captions on in YouTube Studio, or upload a transcript as .srt, .vtt or text.")


class Blocked(OwnerError):
    code = "youtube_blocked"
    message = _("YouTube does not let this machine read captions any more, as it does with many servers.")
    remedy = _UPLOAD


class VideoGone(OwnerError):
    code = "youtube_video_gone"
    message = _("{title} does not exist on YouTube any more, or is private.")
    remedy = _("Check the address, or make the video public or unlisted, then press Try again.")


class AgeRestricted(OwnerError):
    code = "youtube_age_restricted"
    message = _("{title} is only shown to signed-in adults, so its captions cannot be read.")
    remedy = _UPLOAD


class NotPlayable(OwnerError):
    code = "youtube_not_playable"
    message = _("YouTube does not play {title}: {reason}")
    remedy = _UPLOAD


class NeedsProof(OwnerError):
    code = "youtube_needs_proof"
    message = _("YouTube gives the captions of {title} only to its own player.")
    remedy = _UPLOAD


class NotUnderstood(OwnerError):
    code = "youtube_not_understood"
    message = _("YouTube answered in a way that Berrydesk does not understand: {title}.")
    remedy = _("Press Try again later. If it stays like this, upload the captions as .srt or .vtt.")


class NotReached(OwnerError):
    code = "youtube_not_reached"
    message = _("YouTube could not be reached.")
    remedy = _("Check that this machine may reach youtube.com, then press Try again.")


class NoVideos(OwnerError):
    code = "youtube_no_videos"
    message = _("YouTube lists no videos there: the list is empty, private, or does not exist.")
    remedy = _("Check the address, and that the list is public or unlisted, then press Try again.")
