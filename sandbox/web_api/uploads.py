"""files.*: announce, (send elsewhere), complete."""

import time
from typing import cast

from sandbox.errors import SlackError, invalid_arguments
from sandbox.files import File
from sandbox.posts import THE_BOT
from sandbox.web_api.call import Call
from sandbox.wire import Json

_LONGEST_ALT_TEXT = 1000


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal"""
    length = call.args.number("length", 0)
    if length < 1:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if len(call.args.text("alt_txt")) > _LONGEST_ALT_TEXT:
        raise SlackError("alt_txt_too_large")
    name = call.args.text("filename")
    file, token = call.workspace.files.announce(name, length, int(time.time()))
    file.alt_text = call.args.text("alt_txt")
    return {"upload_url": f"{call.address}/upload/{token}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal"""
    given = call.args.json("files")
    if not isinstance(given, list) or not given:
        raise invalid_arguments("must provide an array [json-pointer:/files]")
    files = [_completed(call, each) for each in cast(list[Json], given)]
    if call.args.text("channel_id"):
        _share(call, files)
    return {"files": [file.as_slack() for file in files]}


def info(call: Call) -> Json:
    """files.info"""
    file = call.workspace.files.get(call.args.text("file"))
    if file is None:
        raise SlackError("file_not_found")
    return {"file": file.as_slack()}


def _completed(call: Call, given: Json) -> File:
    file = call.workspace.files.get(str(given.get("id")))
    if file is None or len(file.content) != file.length:
        raise SlackError("file_not_found")
    file.title, file.complete = str(given.get("title") or file.name), True
    return file


def _share(call: Call, files: list[File]) -> None:
    channel = call.joined_channel("channel_id")
    post = call.workspace.draft(channel, THE_BOT)
    post.text = call.args.text("initial_comment")
    post.files = [file.as_slack() for file in files]
    if call.args.text("thread_ts"):
        parent = channel.timeline.living(call.args.text("thread_ts"))
        post.thread_ts = parent.ts if parent else None
    for file in files:
        file.channels.append(channel.id)
    call.workspace.publish(post)
