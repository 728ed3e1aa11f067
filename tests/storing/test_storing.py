"""Uploaded files lie where the operator says, and are learned from there."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from apps.knowledge import sources
from berrydesk.storing import storage_of
from tests.cast import carry_away
from tests.knowledge.test_sources import a_file, carry
from tests.peers.s3 import Bucket


def test_unset_is_a_folder_of_the_home(tmp_path):
    assert storage_of("", tmp_path)["OPTIONS"]["location"] == str(tmp_path / "files")
    assert storage_of("file:///mnt/shared%20files", tmp_path)["OPTIONS"]["location"] == "/mnt/shared files"


@pytest.mark.parametrize("url", ["s3://key:hush@host", "s3://host/a/b", "ftp://host/x", "file://", "bucket"])
def test_what_is_not_understood_is_said_without_its_secret(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL is not understood") as told:
        storage_of(url, tmp_path)
    assert "hush" not in str(told.value)


def test_a_file_in_a_bucket_is_learned_and_deleted(
    agent, settings, tmp_path, django_capture_on_commit_callbacks
):
    with Bucket() as bucket:
        settings.STORAGES = {**settings.STORAGES, "default": storage_of(bucket.url, tmp_path)}
        (source,) = sources.add_files(agent, [a_file("returns.txt", b"Boots come back within 30 days.")])
        assert [key.split("/")[0] for key in bucket.objects] == [str(agent.workspace_id)]
        assert "30 days" in carry(source).documents.get().text
        with django_capture_on_commit_callbacks(execute=True):
            sources.delete_source(source)
            carry_away(source)
        assert bucket.objects == {}
