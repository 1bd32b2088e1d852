"""Pictures that products name by URL become ours, and no server of others' keeps us from anything."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage, storages
from django.test import override_settings
from PIL import Image

from hansa.domain.catalog.models import Picture, PictureStatus, ProductImage
from hansa.domain.catalog.selectors import get_product_document
from hansa.domain.catalog.services.fetch_picture import retry_pictures
from hansa.domain.catalog.services.note_pictures import note_pictures
from hansa.domain.catalog.services.pictures import MAX_PICTURE_BYTES
from hansa.domain.catalog.types import ImageDraft
from hansa.domain.events.services.record import record
from hansa.domain.work.registry import all_jobs
from hansa.domain.work.services.jobs import run_job
from hansa.domain.work.services.perform import work_off
from hansa.kernel.clock import now
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.kernel.outbound.sinks import Sink, answer
from tests.worlds import browser, draft, stock_shop

type Opens = Callable[[Any], Sink]


@pytest.fixture
def serve() -> Iterator[Opens]:
    """Return a function that starts a picture server, which the installation lets us call."""
    sinks: list[Sink] = []

    def start(answering: Any) -> Sink:
        sinks.append(Sink(answering))
        return sinks[-1]

    with override_settings(OUTBOUND_ALLOW="127.0.0.1", FETCH_PICTURES=True):
        yield start
    for one in sinks:
        one.stop()


@pytest.fixture(autouse=True)
def _in_our_shop(shop: TenantContext) -> Iterator[None]:
    with tenant_scope(shop):
        yield


def picture(width: int, height: int, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def hang(shop: TenantContext, *urls: str, name: str = "Mug") -> None:
    stock_shop(shop, draft(name, images=tuple(ImageDraft(url) for url in urls)))


def address(sink: Sink, name: str = "mug.jpg") -> str:
    return f"http://127.0.0.1:{sink.port}/{name}"


def pictures() -> list[Picture]:
    with transaction():
        return list(Picture.objects.order_by("url"))


def fetched(at: int = 0) -> Picture:
    """Note what is to be fetched, let the worker do it, and return the first picture."""
    note_pictures()
    work_off(now=now())
    return pictures()[at]


def opened(url: str) -> Image.Image:
    with default_storage.open(url.removeprefix(default_storage.base_url)) as file:  # type: ignore[attr-defined]  # a FileSystemStorage
        image = Image.open(BytesIO(file.read()))
        image.load()
        return image


def test_a_picture_becomes_ours_in_several_sizes(shop: TenantContext, serve: Opens) -> None:
    content = picture(1600, 800)
    hang(shop, address(serve(answer(200, content, content_type="text/plain"))))
    one = fetched()
    assert (one.status, one.last_error) == (PictureStatus.DONE, "")
    told = [(each["width"], each["height"], each["format"]) for each in one.renditions]
    sizes = ((320, 160), (640, 320), (1280, 640), (1600, 800))
    assert told == [(*size, kind) for size in sizes for kind in ("avif", "webp")]
    for each in one.renditions:
        image = opened(each["url"])
        assert (image.size, image.format) == ((each["width"], each["height"]), each["format"].upper())
    with storages["private"].open(one.original) as original:
        assert original.read() == content
    with transaction():
        (image,) = get_product_document("mug")["images"]
    assert image["url"] == one.renditions[-1]["url"]
    assert (image["width"], image["height"], image["variants"]) == (1600, 800, one.renditions)


def test_a_small_picture_is_not_enlarged(shop: TenantContext, serve: Opens) -> None:
    hang(shop, address(serve(answer(200, picture(100, 50, "PNG")))))
    assert [(each["width"], each["format"]) for each in fetched().renditions] == [(100, "avif"), (100, "webp")]


def test_a_picture_is_turned_upright_and_says_nothing_of_where_it_was_taken(shop: TenantContext, serve: Opens) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn it clockwise
    exif.get_ifd(0x8825)[1] = "N"
    hang(shop, address(serve(answer(200, picture(400, 200, exif=exif.tobytes(), comment=b"Ada was here")))))
    renditions = fetched().renditions
    assert (renditions[-1]["width"], renditions[-1]["height"]) == (200, 400)
    for each in renditions:
        image = opened(each["url"])
        assert not image.getexif()
        assert b"Ada" not in b"".join(part for part in image.info.values() if isinstance(part, bytes))
    top, bottom = (image.convert("RGB").getpixel((100, y)) for y in (50, 350))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, top[2] < 50) == (True, True)
    assert (bottom[2] > 200, bottom[0] < 50) == (True, True)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (SVG, "no picture"),
        (b"<!DOCTYPE html><img>", "no picture"),
        (picture(64, 64)[:-200], "no picture"),
        (picture(64, 64, "BMP"), "no picture"),
        (b"x" * (MAX_PICTURE_BYTES + 1), "larger than"),
    ],
    ids=["svg", "html", "cut off", "bmp", "too many bytes"],
)
def test_what_is_no_picture_for_a_page_fails_for_good(
    shop: TenantContext, serve: Opens, content: bytes, reason: str
) -> None:
    sink = serve(answer(200, content, content_type="image/jpeg"))
    hang(shop, address(sink))
    one = fetched()
    assert one.status == PictureStatus.FAILED
    assert reason in one.last_error.replace("There is no picture", "no picture")
    work_off(now=now() + timedelta(days=1))
    assert len(sink.requests) == 1
    with transaction():
        (image,) = get_product_document("mug")["images"]
    assert (image["url"], image["variants"]) == (address(sink), [])


def test_a_small_file_of_many_pixels_is_not_decoded(shop: TenantContext, serve: Opens) -> None:
    bomb = BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG", compress_level=9)
    assert len(bomb.getvalue()) < 1_000_000
    hang(shop, address(serve(answer(200, bomb.getvalue()))))
    one = fetched()
    assert one.status == PictureStatus.FAILED
    assert "pixels" in one.last_error


def test_an_address_inside_is_never_called_also_when_we_are_sent_there(shop: TenantContext, serve: Opens) -> None:
    inside = serve(answer(200, picture(64, 64)))
    hang(shop, f"http://localhost.example:{inside.port}/a.jpg", "https://169.254.169.254/latest/meta-data")
    outside = serve(answer(302, location="http://10.0.0.1/secret.png"))
    hang(shop, address(outside), name="Bowl")
    fetched()
    assert {one.status for one in pictures() if "localhost" not in one.url} == {PictureStatus.FAILED}
    assert all("address" in one.last_error for one in pictures() if "localhost" not in one.url)
    assert inside.requests == []


def test_we_are_sent_on_a_few_times_and_no_more(shop: TenantContext, serve: Opens) -> None:
    real = serve(answer(200, picture(64, 64)))
    hang(shop, address(serve(answer(301, location=address(real)))))
    assert fetched().status == PictureStatus.DONE
    loop = serve(answer(302, location="/again.jpg"))
    hang(shop, address(loop, "loop.jpg"), name="Bowl")
    fetched()
    assert "sends us on" in next(one for one in pictures() if one.url.endswith("loop.jpg")).last_error
    assert len(loop.requests) == 4


def test_a_server_that_fails_is_left_alone_with_all_its_pictures_and_asked_again(
    shop: TenantContext, serve: Opens
) -> None:
    broken = serve(answer(503))
    hang(shop, *(address(broken, f"{n}.jpg") for n in range(5)))
    note_pictures()
    registered = next(one for one in all_jobs() if one.model is Picture)
    first = pictures()[0]
    assert run_job(registered, first.pk, now=now())
    work_off(now=now())  # the others wait as well: nobody asks for them now
    assert {path for _, path, _, _ in broken.requests} == {"/0.jpg"}
    assert {one.status for one in pictures()} == {PictureStatus.PENDING}
    work_off(now=now() + timedelta(minutes=5))
    assert {path for _, path, _, _ in broken.requests} == {f"/{n}.jpg" for n in range(5)}


def test_a_picture_that_failed_is_tried_again_when_the_merchant_says_so(shop: TenantContext, serve: Opens) -> None:
    answers = iter([answer(404), answer(200, picture(64, 64))])

    def one_after_the_other(handler: BaseHTTPRequestHandler) -> None:
        next(answers)(handler)

    hang(shop, address(serve(one_after_the_other)))
    failed = fetched()
    assert (failed.status, "404" in failed.last_error) == (PictureStatus.FAILED, True)
    assert retry_pictures(picture_ids=[failed.pk]) == 1
    work_off(now=now())
    assert pictures()[0].status == PictureStatus.DONE
    assert retry_pictures(picture_ids=[failed.pk]) == 0


def test_an_import_that_ends_lets_its_pictures_be_fetched_once(
    shop: TenantContext, rival: TenantContext, serve: Opens
) -> None:
    sink = serve(answer(200, picture(64, 64)))
    hang(shop, address(sink))
    hang(shop, address(sink), name="Bowl")  # the same picture
    with tenant_scope(rival):
        hang(rival, address(sink))
    for _ in range(2):
        with transaction():
            record("import.finished", aggregate_id=uuid7(), payload={}, now=now())
        work_off(now=now())
    assert [one.status for one in pictures()] == [PictureStatus.DONE]
    assert len(sink.requests) == 1
    with tenant_scope(rival):
        assert pictures() == []


def test_with_the_setting_off_pictures_stay_where_they_are(shop: TenantContext) -> None:
    hang(shop, "https://pictures.example/mug.jpg")
    with transaction():
        record("import.finished", aggregate_id=uuid7(), payload={}, now=now())
    with override_settings(FETCH_PICTURES=False):
        work_off(now=now())
    assert pictures() == []


def test_files_go_a_day_after_the_last_product_that_shows_them(shop: TenantContext, serve: Opens) -> None:
    sink = serve(answer(200, picture(64, 64)))
    hang(shop, address(sink, "a.jpg"))
    hang(shop, address(sink, "b.jpg"), name="Bowl")  # another address, the same content
    fetched()
    kept = pictures()[0]
    with transaction():
        ProductImage.objects.filter(url=kept.url).delete()
    work_off(now=now() + timedelta(hours=1))
    assert len(pictures()) == 2
    work_off(now=now() + timedelta(hours=25))
    assert [one.url for one in pictures()] == [address(sink, "b.jpg")]
    assert all(default_storage.exists(name) for name in kept.files)
    with transaction():
        ProductImage.objects.all().delete()
    work_off(now=now() + timedelta(hours=50))
    assert pictures() == []
    assert not any(default_storage.exists(name) for name in kept.files)
    assert not storages["private"].exists(kept.original)


def test_shoppers_get_the_sizes_and_the_page_chooses(shop: TenantContext, serve: Opens) -> None:
    hang(shop, address(serve(answer(200, picture(700, 700)))))
    one = fetched()
    with browser(shop) as shopper:
        (image,) = shopper.get("/api/v1/products/mug").json()["images"]
        assert image["variants"] == one.renditions
        page = shopper.get("/p/mug/").text
        assert f'<source type="image/avif" srcset="{one.renditions[0]["url"]} 320w, ' in page
        got = shopper.get(one.renditions[0]["url"])
        assert (got.status_code, got.headers["content-type"]) == (200, "image/avif")
