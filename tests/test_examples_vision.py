"""The example: real detectors, chosen by a YAML file, on a real photo."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import skimage.data
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from examples.vision import VISION, Box, Detection, FaceDetector, Image, QrReader, Upscale, VisionModel, ensemble
from examples.vision.__main__ import PIPELINE, main
from examples.vision.boxes import around, iou, merged, same
from examples.vision.picture import CODE_BOX, CODE_TEXT, COLOURS, PictureError, annotated, enlarged, read_picture, sample_photo
from examples.vision.report import table
from typed_registry import deferred
from typed_registry.errors import ContractError, LoadError

ROOT = Path(__file__).parent.parent
WRONG = Path("examples", "vision", "wrong")
FACE: Box = (172, 68, 270, 168)  # where a person sees it: from the hair line to the chin
HAS_OCR = importlib.util.find_spec("rapidocr_onnxruntime") is not None


class Fixed:
    """A model that finds the same things in every image, and remembers the last one."""

    def __init__(self, *found: Detection) -> None:
        self.found = list(found)
        self.seen: tuple[int, ...] = ()

    def detect(self, image: Image) -> list[Detection]:
        self.seen = image.shape
        return self.found


def face(left: int, score: float = 1.0, label: str = "face") -> Detection:
    """A detection of 100 by 100 pixels."""
    return Detection(label, score, (left, 0, left + 100, 100))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A box with an area."""
    left, top = draw(st.integers(0, 30)), draw(st.integers(0, 30))
    return left, top, left + draw(st.integers(1, 30)), top + draw(st.integers(1, 30))


detections = st.lists(st.builds(Detection, st.sampled_from(["face", "code"]), st.floats(0, 1), boxes()), max_size=12)
overlaps = st.floats(0.1, 1)


@pytest.fixture(scope="module")
def photo() -> Image:
    return sample_photo()


class TestPipeline:
    def test_finds_the_code_and_the_face(self, photo: Image) -> None:
        """The pipeline that the example ships reads the code and finds the face where they are."""
        found = VISION.parse_file(PIPELINE).build().detect(photo)
        assert [detection.label for detection in found] == [CODE_TEXT, "face"]
        assert iou(found[0].box, CODE_BOX) > 0.5  # the code has a white margin of four modules
        assert iou(found[1].box, FACE) > 0.8

    def test_equals_the_same_written_in_python(self) -> None:
        """What the file says can be said with specs, which a checker understands."""
        reader = VISION.spec(Upscale, deferred(VISION.spec(QrReader, ("QRCode", "DataMatrix"))), factor=3)
        models: list[VisionModel] = [deferred(reader), deferred(VISION.spec(FaceDetector, 1.2, min_size=60))]
        assert VISION.parse_file(PIPELINE) == VISION.spec(ensemble, models, vote="any")

    def test_names(self) -> None:
        """The registry lists its entries in the order of registration, the lazy one too."""
        assert sorted(VISION) == ["ensemble", "face", "ocr", "qr", "upscale"]
        assert "faces" in VISION

    def test_keeps_its_promises(self) -> None:
        """Nothing is wrong with what is registered, but that the OCR engine may not be installed."""
        problems = [str(problem) for problem in VISION.check()]
        assert [problem for problem in problems if HAS_OCR or "ocr" not in problem] == []


class TestQrReader:
    def test_reads_nothing_in_the_small_code(self, photo: Image) -> None:
        """The code of the sample photo can't be read as it is, which is what `upscale` is for."""
        assert QrReader().detect(photo) == []

    @pytest.mark.parametrize("factor", [2, 3, 4])
    def test_reads_it_enlarged(self, photo: Image, factor: int) -> None:
        """Enlarged, it is read, and its box is in pixels of the photo."""
        (found,) = Upscale(QrReader(), factor).detect(photo)
        assert (found.label, found.score) == (CODE_TEXT, 1.0)
        assert iou(found.box, CODE_BOX) > 0.5

    def test_reads_only_the_formats_it_is_told(self, photo: Image) -> None:
        """Other kinds of code are left alone."""
        assert Upscale(QrReader(("DataMatrix", "Aztec")), 3).detect(photo) == []

    @pytest.mark.parametrize(("try_harder", "texts"), [(True, ["typed"]), (False, [])])
    def test_trying_harder_reads_turned_codes(self, try_harder: bool, texts: list[str]) -> None:
        """Bars that lie on their side are read only if it tries harder."""
        bars = np.array(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode("typed", zxingcpp.BarcodeFormat.Code128)))
        turned = enlarged(np.stack([np.rot90(bars)] * 3, axis=2), 2)
        assert [found.label for found in QrReader(("Code128",), try_harder=try_harder).detect(turned)] == texts


class TestFaceDetector:
    def test_finds_the_face(self, photo: Image) -> None:
        """One face, at the right place."""
        (found,) = FaceDetector().detect(photo)
        assert (found.label, found.score) == ("face", 1.0)
        assert iou(found.box, FACE) > 0.8

    def test_leaves_out_faces_below_the_minimum(self, photo: Image) -> None:
        """A face that is smaller than `min_size` isn't one."""
        assert FaceDetector(min_size=200).detect(photo) == []

    def test_passes_over_the_image_as_often_as_told(self, photo: Image) -> None:
        """A search window that grows in too large steps misses the face."""
        assert FaceDetector(3).detect(photo) == []

    @pytest.mark.parametrize(("neighbours", "count"), [(1, 2), (4, 1), (60, 0)])
    def test_asks_for_as_many_windows_as_told(self, photo: Image, neighbours: int, count: int) -> None:
        """One window is too easily content, and sixty never agree."""
        assert len(FaceDetector(neighbours=neighbours).detect(photo)) == count

    def test_finds_none_where_none_is(self) -> None:
        """A photo of coins has no face."""
        assert FaceDetector().detect(np.stack([skimage.data.coins()] * 3, axis=2)) == []

    def test_an_image_smaller_than_a_face(self) -> None:
        """Nothing fits in there, and nothing fails."""
        assert FaceDetector().detect(np.zeros((10, 300, 3), np.uint8)) == []


class TestUpscale:
    @given(box=boxes(), factor=st.integers(1, 8))
    def test_maps_boxes_back(self, box: Box, factor: int) -> None:
        """A box in the enlarged image becomes the same box in pixels of the image."""
        left, top, right, bottom = box
        model = Fixed(Detection("face", 0.5, (left * factor, top * factor, right * factor, bottom * factor)))
        assert Upscale(model, factor).detect(np.zeros((4, 6, 3), np.uint8)) == [Detection("face", 0.5, box)]
        assert model.seen == (4 * factor, 6 * factor, 3)

    def test_boxes_between_pixels_grow(self) -> None:
        """A box that ends within a pixel takes in all of it."""
        model = Fixed(Detection("face", 0.5, (5, 6, 10, 13)))
        assert Upscale(model, 3).detect(np.zeros((9, 9, 3), np.uint8)) == [Detection("face", 0.5, (1, 2, 4, 5))]


class TestEnsemble:
    IMAGE = np.zeros((100, 300, 3), np.uint8)

    def test_any_keeps_what_one_model_finds(self) -> None:
        """Apart boxes and other labels stay; of overlapping ones with the same label the best stays."""
        model = ensemble([Fixed(face(0, 0.6), face(200, 0.7)), Fixed(face(5, 0.9), face(0, 0.5, "code"))])
        assert model.detect(self.IMAGE) == [face(5, 0.9), face(200, 0.7), face(0, 0.5, "code")]

    def test_all_keeps_what_every_model_finds(self) -> None:
        """Only what both see stays, with the first one's box and the lower score."""
        model = ensemble([Fixed(face(0, 0.9), face(200, 0.7)), Fixed(face(5, 0.6), face(100, 0.8))], vote="all")
        assert model.detect(self.IMAGE) == [face(0, 0.6)]

    def test_all_asks_for_the_same_label(self) -> None:
        """Two models that say different things of one box don't agree."""
        assert ensemble([Fixed(face(0)), Fixed(face(0, label="cat"))], vote="all").detect(self.IMAGE) == []

    @pytest.mark.parametrize(("overlap", "count"), [(0.8, 1), (0.9, 0)])
    def test_overlap_decides(self, overlap: float, count: int) -> None:
        """Boxes with an IoU of 9/11 agree up to that threshold."""
        model = ensemble([Fixed(face(0)), Fixed(face(10))], vote="all", overlap=overlap)
        assert len(model.detect(self.IMAGE)) == count

    @pytest.mark.parametrize("vote", ["any", "all"])
    def test_without_models_finds_nothing(self, vote: Literal["any", "all"]) -> None:
        """Nobody looks, so nothing is found."""
        assert ensemble([], vote).detect(self.IMAGE) == []

    def test_real_models_agree_on_the_face(self, photo: Image) -> None:
        """Two face detectors of different thoroughness agree on the face alone, whatever one of them saw in the suit."""
        careless = FaceDetector(min_size=40)
        assert len(careless.detect(photo)) > 1
        (found,) = ensemble([FaceDetector(scale=1.1), careless], vote="all").detect(photo)
        assert iou(found.box, FACE) > 0.8


class TestBoxes:
    @given(one=boxes(), other=boxes())
    def test_iou_laws(self, one: Box, other: Box) -> None:
        """It is symmetric, between 0 and 1, and 1 only for the same box."""
        assert iou(one, other) == iou(other, one)
        assert 0 <= iou(one, other) <= 1
        assert (iou(one, other) == 1) == (one == other)

    @given(found=detections, overlap=overlaps)
    def test_merging_laws(self, found: list[Detection], overlap: float) -> None:
        """What stays is apart, best first, from the input; what goes has a better one over it; once more changes nothing."""
        kept = merged(found, overlap)
        assert not any(same(one, other, overlap) for i, one in enumerate(kept) for other in kept[:i])
        assert [one.score for one in kept] == sorted((one.score for one in kept), reverse=True)
        assert set(kept) <= set(found)
        assert all(any(same(one, better, overlap) and better.score >= one.score for better in kept) for one in found)
        assert merged(kept, overlap) == kept

    @given(found=detections, overlap=overlaps)
    def test_models_that_agree_keep_what_one_alone_keeps(self, found: list[Detection], overlap: float) -> None:
        """Both votes of a model with itself are what the model says, merged."""
        model, image = Fixed(*found), np.zeros((1, 1, 3), np.uint8)
        assert ensemble([model, model], "any", overlap=overlap).detect(image) == merged(found, overlap)
        assert {one.label for one in ensemble([model, model], "all", overlap=overlap).detect(image)} == {one.label for one in found}

    @given(points=st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99)), min_size=1))
    def test_around_holds_all_points(self, points: list[tuple[float, float]]) -> None:
        """Each point is within the box, and it reaches at most a pixel beyond them."""
        left, top, right, bottom = around(points)
        assert all(left <= x <= right and top <= y <= bottom for x, y in points)
        assert min(x for x, _ in points) - left <= 1
        assert bottom - max(y for _, y in points) <= 1


class TestPicture:
    def test_annotating_draws_around_the_box(self, photo: Image) -> None:
        """The frame has the first colour, what is in the box stays to be seen, the image itself is left as it was."""
        before = photo.copy()
        drawn = annotated(photo, [Detection("face", 1.0, FACE)])
        left, top, right, bottom = FACE
        colour = [int(COLOURS[0][i : i + 2], 16) for i in (1, 3, 5)]
        assert drawn[bottom + 1, (left + right) // 2].tolist() == colour
        assert np.array_equal(drawn[top:bottom, left:right], photo[top:bottom, left:right])
        assert np.array_equal(photo, before)

    @given(box=boxes(), label=st.text(max_size=60))
    def test_annotating_takes_any_box_and_text(self, box: Box, label: str) -> None:
        """Boxes may be anywhere, and texts say anything."""
        image = np.zeros((40, 40, 3), np.uint8)
        assert annotated(image, [Detection(label, 0.5, box)]).shape == image.shape

    @given(label=st.text(max_size=80))
    def test_captions_are_short_and_printable(self, label: str) -> None:
        """What a code says can't break the table, nor reach the terminal as a command."""
        caption = Detection(label, 1.0, (0, 0, 1, 1)).caption
        assert caption.isprintable()
        assert len(caption) <= 40

    def test_pictures_are_read_upright_and_in_rgb(self, tmp_path: Path) -> None:
        """A camera's note on how it was held is followed, and a palette is resolved."""
        exif = Pillow.Exif()
        exif[0x0112] = 6  # turned to the right
        Pillow.new("RGB", (20, 10), "red").convert("P").save(tmp_path / "palette.png", exif=exif)
        image = read_picture(tmp_path / "palette.png")
        assert image.shape == (20, 10, 3)
        assert image[0, 0].tolist() == [255, 0, 0]

    def test_a_broken_picture(self, tmp_path: Path, photo: Image) -> None:
        """A file that ends too early is reported, and by its name."""
        whole = tmp_path / "whole.png"
        Pillow.fromarray(photo).save(whole)
        broken = tmp_path / "broken.png"
        broken.write_bytes(whole.read_bytes()[:2000])
        with pytest.raises(PictureError, match=r"can't read the picture .*broken\.png: "):
            read_picture(broken)


class TestOcr:
    @pytest.mark.skipif(HAS_OCR, reason="the engine is installed")
    def test_names_the_extra_if_the_engine_is_missing(self) -> None:
        """A config that asks for it says at once what to install."""
        with pytest.raises(LoadError, match=r"pip install 'typed-registry\[ocr\]'"):
            VISION.parse({"type": "ocr"})

    @pytest.mark.skipif(not HAS_OCR, reason="the engine isn't installed")
    def test_reads_a_page(self) -> None:
        """The real engine reads the lines of a scanned page."""
        page = np.stack([skimage.data.page()] * 3, axis=2)
        found = VISION.build({"type": "ocr", "min_score": 0.8}).detect(page)
        assert "determine markers of the coins" in found[1].label
        assert all(0.8 <= line.score <= 1 for line in found)
        assert [line.box[1] for line in found] == sorted(line.box[1] for line in found)


class TestCommand:
    def test_runs_on_the_sample_photo(self, tmp_path: Path) -> None:
        """The README's command, in a process of its own: a table, a picture, exit status 0."""
        run = python("-m", "examples.vision", "--out", str(tmp_path / "annotated.png"))
        assert (run.returncode, run.stderr) == (0, "")
        heading, code, face_line, _, saved = run.stdout.splitlines()
        assert heading.split() == ["label", "score", "left", "top", "right", "bottom"]
        assert (code.split()[0], face_line.split()[0]) == (CODE_TEXT, "face")
        assert saved == f"The annotated picture is in {tmp_path / 'annotated.png'}"
        assert not np.array_equal(read_picture(tmp_path / "annotated.png"), sample_photo())

    def test_writes_into_the_current_folder_by_default(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Without `--out` the picture is `annotated.png`."""
        monkeypatch.chdir(tmp_path)
        assert main([]) == 0
        assert capsys.readouterr().out.endswith("The annotated picture is in annotated.png\n")
        assert read_picture("annotated.png").shape == (512, 512, 3)

    def test_another_pipeline_on_another_picture(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Both may be given; a picture without faces says so."""
        picture, pipeline = tmp_path / "coins.png", tmp_path / "faces.json"
        Pillow.fromarray(skimage.data.coins()).save(picture)
        pipeline.write_text('{"type": "faces"}')
        assert main([str(pipeline), "--image", str(picture), "--out", str(tmp_path / "out.png")]) == 0
        assert capsys.readouterr().out.splitlines()[0] == "Nothing was found."

    @pytest.mark.parametrize("name", ["misspelt_name", "wrong_arguments", "wrong_kind"])
    def test_a_wrong_pipeline_shows_all_problems(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Exit status 1, everything that is wrong, no picture."""
        monkeypatch.chdir(ROOT)
        assert main([str(WRONG / f"{name}.yaml"), "--out", str(tmp_path / "out.png")]) == 1
        said = capsys.readouterr()
        assert said.err == (ROOT / WRONG / f"{name}.expected").read_text()
        assert said.out == ""
        assert not (tmp_path / "out.png").exists()

    @pytest.mark.skipif(HAS_OCR, reason="the engine is installed")
    def test_a_missing_engine(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What to install is said, exit status 1."""
        pipeline = tmp_path / "ocr.json"
        pipeline.write_text('{"type": "ocr"}')
        assert main([str(pipeline)]) == 1
        assert capsys.readouterr().err.endswith("Install it: pip install 'typed-registry[ocr]'\n")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["missing.yaml"], "can't read the pipeline missing.yaml: No such file or directory\n"),
            (["--image", "missing.png"], "can't read the picture missing.png: No such file or directory\n"),
            (["--image", "text.png"], "can't read the picture text.png: cannot identify image file 'text.png'\n"),
            (["--out", "picture.xyz"], "can't write the picture picture.xyz: unknown file extension: .xyz\n"),
            (["--out", "missing/picture.png"], "can't write the picture missing/picture.png: No such file or directory\n"),
        ],
    )
    def test_a_file_that_cannot_be_used(
        self, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """One line says which file and why; exit status 1."""
        monkeypatch.chdir(tmp_path)
        Path("text.png").write_text("no picture")
        assert main(arguments) == 1
        assert capsys.readouterr().err == said

    def test_a_wrong_pipeline_ends_without_traceback(self) -> None:
        """Also in a process of its own."""
        run = python("-m", "examples.vision", str(WRONG / "misspelt_name.yaml"))
        assert (run.returncode, run.stdout) == (1, "")
        assert run.stderr == (ROOT / WRONG / "misspelt_name.expected").read_text()


class TestWrongClass:
    def test_mypy_refuses_it_at_its_decorator(self) -> None:
        """A class that is no `VisionModel` is an error before anything runs."""
        run = python("-m", "mypy", "--follow-imports=silent", str(WRONG / "wrong_class.py"))
        assert (run.returncode, run.stdout) == (1, (ROOT / WRONG / "wrong_class.mypy.expected").read_text())

    def test_registering_refuses_it(self) -> None:
        """Without a checker it is an error when it is registered, which names what the class lacks."""
        with pytest.raises(ContractError) as caught:
            importlib.import_module("examples.vision.wrong.wrong_class")
        said = str(caught.value).replace(f"{ROOT}{os.sep}", "")
        assert f"{said}\n" == (ROOT / WRONG / "wrong_class.run.expected").read_text()
        assert "edges" not in VISION


def test_importing_loads_no_detector_code() -> None:
    """The heavy parts of scikit-image, and the OCR engine, wait until a model is made."""
    heavy = ["scipy", "skimage.feature._cascade", "skimage.transform", "rapidocr_onnxruntime", "examples.vision.ocr"]
    run = python("-c", f"import sys, examples.vision; print([name for name in {heavy} if name in sys.modules])")
    assert run.stdout == "[]\n"


@pytest.mark.parametrize("name", ["boxes", "picture", "protocol", "report"])
def test_docstrings(name: str) -> None:
    """The examples in the docstrings run."""
    result = doctest.testmod(importlib.import_module(f"examples.vision.{name}"))
    assert (result.failed, result.attempted > 0) == (0, True)


def test_table_lines_up() -> None:
    """Long labels widen their column."""
    lines = table([Detection("a longer label", 1.0, (0, 0, 1000, 10)), Detection("x", 0.5, (1, 2, 3, 4))]).splitlines()
    assert len(set(map(len, lines))) == 1
    assert lines[2].split() == ["x", "0.50", "1", "2", "3", "4"]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, from the project's folder."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
