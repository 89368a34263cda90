"""The story of a video call: Ada starts it, Ben joins, the line breaks and comes back, in the end everything is off."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.browsers import PHONE

pytestmark = pytest.mark.browser

# Remembers what the browser handed out, and says no where a person would have.
WATCH = """
window.tracks = []; window.lines = []; window.refused = [];
for (const name of ["getUserMedia", "getDisplayMedia"]) {
  const real = navigator.mediaDevices[name].bind(navigator.mediaDevices);
  navigator.mediaDevices[name] = async (wishes) => {
    if (window.refused.some((kind) => wishes[kind])) throw new DOMException("", "NotAllowedError");
    const stream = await real(wishes);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.lines.push(this); }
};
"""


class Calling:
    """The call in somebody's browser."""

    def __init__(self, page: Page) -> None:
        page.context.add_init_script(WATCH)
        self.page = page
        self.panel = page.locator("#summon")
        self.status = page.locator("[data-status]")
        self.theirs = page.locator("[data-theirs]")

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name)

    def says(self, words: str) -> None:
        expect(self.status).to_have_text(words)

    def sees_moving_pictures(self) -> None:
        """New frames arrive."""
        expect(self.theirs).to_be_visible()
        self.theirs.evaluate("(video) => { video.from = video.getVideoPlaybackQuality().totalVideoFrames; }")
        self.page.wait_for_function(
            "() => { const video = document.querySelector('[data-theirs]');"
            "return video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > video.from + 2; }"
        )

    def on(self) -> list[str]:
        """The kinds of the tracks that still record something."""
        return self.page.evaluate(
            "tracks.filter((each) => each.readyState !== 'ended').map((each) => each.kind).sort()"
        )

    def is_off(self) -> None:
        """Every track that was handed out has ended, and no line is open."""
        self.page.wait_for_function("tracks.every((each) => each.readyState === 'ended')")
        assert self.page.evaluate("lines.every((each) => each.signalingState === 'closed')")


@pytest.mark.covers("HELP-34", "HELP-38", "HELP-123", "REC-65")
def test_a_call_connects_drops_returns_and_ends_with_everything_off(
    accepted, ada, helper, course, modules, browse, windows
):
    windows.expect_problem("ERR_INTERNET_DISCONNECTED", "WebSocket connection")
    adas, bens = Calling(browse(ada)), Calling(browse(helper, width=PHONE))
    adas.page.goto(f"/courses/{course.pk}/content/{modules[0].pk}")
    adas.page.locator(".pl-pill").click()
    bens.page.goto(f"/summons/{accepted.pk}")

    # Refused a microphone she can book a call for another time.
    adas.page.evaluate("refused = ['audio', 'video']")
    adas.button("Start Video Call").click()
    later = adas.panel.get_by_role("link", name="Book a video session for later")
    expect(later).to_have_attribute("href", f"/courses/{course.pk}/book?with={helper.pk}")
    adas.page.evaluate("refused = []")

    # Ada's camera goes on by her press; Ben is asked, and nothing of his is on.
    adas.button("Start Video Call").click()
    adas.says("Waiting for Ben Okoro to join")
    assert adas.on() == ["audio", "video"]
    expect(bens.panel).to_contain_text("Ada Lind invites you to a video call.")
    expect(bens.panel.get_by_role("log")).to_be_hidden()
    assert bens.page.evaluate("tracks") == []
    assert violations(bens.page) == []
    bens.button("Join with camera").click()
    for one in (adas, bens):
        one.says(f"You are in the call with {'Ben Okoro' if one is adas else 'Ada Lind'}")
        one.sees_moving_pictures()
        assert violations(one.page) == []
    fits(bens)

    # What is written meanwhile waits beside the call.
    bens.button("Messages").click()
    bens.panel.get_by_role("textbox").fill("Hold it closer")
    bens.button("Send").click()
    expect(adas.button("Messages 1 new")).to_be_visible()
    adas.button("Messages").click()
    expect(adas.panel.locator(".pl-bubble", has_text="Hold it closer")).to_be_visible()
    expect(adas.button("Messages")).to_have_attribute("aria-expanded", "true")

    # Off means off, and the other one sees it.
    adas.button("Microphone").click()
    expect(adas.button("Microphone")).to_have_attribute("aria-pressed", "false")
    expect(bens.panel.locator("[data-their-silence]")).to_be_visible()
    adas.button("Camera").click()
    expect(bens.theirs).to_be_hidden()
    assert adas.on() == ["audio"]
    adas.page.evaluate("refused = ['video']")
    adas.button("Camera").click()
    expect(adas.panel.get_by_role("alert").filter(has_text="keeps the camera from PeerLoop")).to_be_visible()
    adas.page.evaluate("refused = []")
    adas.button("Share your screen").click()
    expect(adas.button("Share your screen")).to_have_attribute("aria-pressed", "true")
    bens.sees_moving_pictures()
    adas.button("Camera").click()
    expect(adas.button("Share your screen")).to_have_attribute("aria-pressed", "false")
    bens.sees_moving_pictures()
    assert adas.on() == ["audio", "video"]

    # The line breaks, with the connection to the site, and comes back by itself.
    adas.page.context.set_offline(True)
    adas.page.evaluate("lines.at(-1).close()")
    adas.says("The connection is lost. Reconnecting")
    adas.page.context.set_offline(False)
    for one in (adas, bens):
        one.says(f"You are in the call with {'Ben Okoro' if one is adas else 'Ada Lind'}")
        one.sees_moving_pictures()

    # Ben reloads, and comes back by voice, because his camera is refused.
    bens.page.reload()
    adas.says("Ben Okoro left the call and can come back")
    expect(bens.panel).to_contain_text("Ada Lind invites you to a video call.")
    bens.page.evaluate("refused = ['audio', 'video']")
    bens.button("Join with camera").click()
    expect(bens.panel.get_by_role("alert").filter(has_text="keeps camera and microphone")).to_be_visible()
    bens.page.evaluate("refused = ['video']")
    bens.button("Join with camera").click()
    expect(bens.panel.get_by_role("alert").filter(has_text="you are heard and not seen")).to_be_visible()
    bens.sees_moving_pictures()
    expect(adas.theirs).to_be_hidden()
    assert bens.on() == ["audio"]

    # Ada closes the dialog: she is out of the call and off. One press brings her back.
    adas.page.keyboard.press("Escape")
    adas.is_off()
    bens.says("Ada Lind left the call and can come back")
    adas.page.locator(".pl-pill").click()
    adas.button("Join with camera").click()
    bens.sees_moving_pictures()
    adas.button("Leave the call").click()
    adas.is_off()
    expect(adas.button("Rejoin Video Call")).to_be_focused()
    adas.button("Rejoin Video Call").click()
    bens.sees_moving_pictures()

    # Who ends the session ends the call.
    bens.button("End Session").click()
    for one in (adas, bens):
        expect(one.panel).to_have_attribute("data-state", "complete")
        one.is_off()


def fits(calling: Calling) -> None:
    """On a phone the picture is large, and everything is within reach of a thumb."""
    screen, stage = calling.page.viewport_size, calling.page.locator(".pl-call__stage").bounding_box()
    assert stage["height"] >= screen["height"] * 0.45
    for button in calling.page.locator(".pl-stage__bar .btn:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= stage["x"]
        assert box["x"] + box["width"] <= stage["x"] + stage["width"]
