"""How files come in: in memory, up to a limit for all files of a request. What is more flows by and is not held."""

import io

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 2_621_440  # the largest file that a form takes is 2 MB; there is nothing on a disk to fill


class InMemory(FileUploadHandler):
    """A file beyond the limit arrives empty, with the size that it had: the form then says that it is too large."""

    chunk_size = 64 * 1024

    def __init__(self, request=None) -> None:
        super().__init__(request)
        self.received = 0  # by all files of the request

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.content = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.content = io.BytesIO()
        else:
            self.content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        size = file_size if self.received <= MOST_BYTES else self.received
        return InMemoryUploadedFile(
            self.content,
            self.field_name,
            self.file_name,
            self.content_type,
            size,
            self.charset,
            self.content_type_extra,
        )
