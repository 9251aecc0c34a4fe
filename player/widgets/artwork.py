"""Pictures for what has no cover: a small scene drawn from the id, always the same one."""

import math
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from player.styles.palette import Rgb, mix
from player.widgets.cover import Picture

Scheme = tuple[Rgb, Rgb, Rgb, Rgb]
Scene = Callable[[float, float, float, Scheme], Rgb]

# Far, middle, near, light.
_SCHEMES: tuple[Scheme, ...] = (
    ((30, 27, 58), (106, 52, 104), (36, 32, 70), (255, 216, 156)),
    ((214, 240, 214), (132, 196, 180), (18, 70, 78), (38, 110, 120)),
    ((27, 21, 42), (49, 35, 78), (133, 100, 200), (246, 236, 255)),
    ((14, 30, 62), (38, 90, 176), (70, 130, 200), (178, 222, 255)),
    ((58, 16, 40), (214, 52, 96), (92, 22, 52), (244, 196, 164)),
    ((8, 26, 34), (34, 94, 92), (14, 34, 44), (84, 190, 160)),
    ((255, 240, 206), (240, 164, 92), (62, 34, 30), (168, 70, 48)),
    ((22, 38, 28), (58, 108, 62), (24, 30, 22), (236, 178, 108)),
    ((46, 18, 66), (106, 48, 148), (36, 14, 50), (248, 210, 255)),
    ((14, 52, 80), (28, 104, 140), (18, 70, 104), (206, 214, 190)),
    ((34, 22, 8), (128, 86, 24), (44, 28, 10), (196, 160, 92)),
    ((204, 212, 246), (92, 146, 236), (28, 48, 60), (44, 126, 164)),
)


def _sunset(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    horizon = 0.60 + 0.06 * seed
    sky = mix(far, middle, min(1.0, v / horizon))
    if v > horizon:
        sky = mix(middle, near, min(1.0, (v - horizon) / (1 - horizon) * 1.4))
        wide = 0.26 * (1 - (v - horizon) * 1.3)
        return mix(sky, light, 0.45) if abs(u - 0.55) < wide and int(v * 26) % 2 else sky
    distance = math.hypot(u - 0.55, (v - 0.46) * 0.95)
    return mix(light, middle, max(0.0, v - 0.5)) if distance < 0.25 else sky


def _dunes(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    if math.hypot(u - 0.72 + 0.3 * seed, v - 0.2) < 0.1:
        return light
    for depth in range(4):
        edge = 0.38 + 0.16 * depth + 0.09 * math.sin(u * (4 + depth) + seed * 9 + depth * 1.7)
        if v < edge:
            return mix(far, mix(middle, near, depth / 3), depth / 3)
    return near


def _moon(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    if v > 0.86:
        return near
    x, y = u - 0.55, v - 0.42
    if math.hypot(x, y) < 0.32:
        inside = math.hypot(x - 0.14, y + 0.07) < 0.30 - 0.03 * seed
        return mix(middle, far, 0.25) if inside else light
    return mix(far, middle, v * 0.6)


def _glow(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    if v > 0.62:
        return mix(near, middle, (v - 0.62) * 1.6)
    distance = math.hypot(u - 0.5, (v - 0.62) * (1.1 + 0.3 * seed))
    return mix(light, far, min(1.0, distance * 2.1)) if distance < 0.5 else far


def _rays(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, _near, light = scheme
    distance = math.hypot(u - 0.5, v - 0.5)
    if distance < 0.09:
        return far
    if distance < 0.19:
        return light
    beam = math.sin(math.atan2(v - 0.5, u - 0.5) * 6 + seed * 6)
    return mix(middle, far, distance * 0.6) if beam > 0 else mix(far, middle, 0.12)


def _aurora(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    ridge = 0.62 + 0.12 * math.sin(u * 7 + seed * 8) + 0.05 * math.sin(u * 17)
    if v > ridge:
        return mix(near, far, min(1.0, (v - ridge) * 3))
    wave = math.sin((v * 5 - u * 3) + 1.3 * math.sin(u * 4 + seed * 6))
    return mix(mix(far, middle, 0.7), light, max(0.0, wave) * 0.75)


def _stripes(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    band = (v * 3.2 + u * (0.5 + 0.7 * seed) + 0.12 * math.sin(u * 6)) * 1.5
    order = (scheme[0], scheme[1], scheme[3], scheme[1], scheme[2])
    return order[int(band) % 5]


def _mosaic(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    column, line = int(u * 7), int(v * 7)
    value = math.sin(column * 12.9898 + line * 78.233 + seed * 40) * 43758.5453
    value -= math.floor(value)
    if (column + line) % 2:
        return mix(scheme[0], scheme[2], value)
    return mix(scheme[1], scheme[3], value)


def _columns(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, near, light = scheme
    if v > 0.92:
        return light
    shade = abs(math.sin(u * math.pi * (3 + int(seed * 3))))
    if 0.28 < v < 0.42 and shade > 0.55:
        return mix(middle, light, shade)
    return mix(near, middle, shade * 0.8) if v > 0.42 else mix(far, middle, v * 1.5)


def _frames(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    ring = max(abs(u - 0.5), abs(v - 0.5)) * 2
    level = int(ring * (5 + int(seed * 3)))
    if level == 0:
        return scheme[3]
    return mix(scheme[1], scheme[0], level / 7) if level % 2 else mix(scheme[2], scheme[1], 0.5)


def _sound(u: float, v: float, seed: float, scheme: Scheme) -> Rgb:
    far, middle, _near, light = scheme
    swell = 0.12 + 0.26 * abs(math.sin(u * 8 + seed * 5)) * (0.5 + 0.5 * abs(math.sin(u * 3)))
    return mix(middle, light, u) if abs(v - 0.5) < swell else far


_SCENES: tuple[Scene, ...] = (
    *(_sunset, _dunes, _moon, _glow, _rays, _aurora, _stripes, _mosaic, _columns, _frames),
    _sound,
)


@lru_cache(maxsize=512)
def artwork(key: str, columns: int, lines: int) -> Picture:
    """The scene of an id in so many cells."""
    digest = blake2b(key.encode("utf-8", "replace"), digest_size=4).digest()
    scene = _SCENES[digest[0] % len(_SCENES)]
    scheme = _SCHEMES[digest[1] % len(_SCHEMES)]
    seed = digest[2] / 255
    height = 2 * lines
    pixels = tuple(
        scene((x + 0.5) / columns, (y + 0.5) / height, seed, scheme)
        for y in range(height)
        for x in range(columns)
    )
    return Picture(columns, lines, pixels)
