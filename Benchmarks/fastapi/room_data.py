"""GET /rooms/<id>/data/ as usually written with FastAPI and psycopg: the same query to the same database, the same
response. Unlike Hearth, it checks no token."""

import os
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import FastAPI, HTTPException
from fastapi.responses import ORJSONResponse
from psycopg_pool import AsyncConnectionPool

QUERY = """
SELECT hotels.time_zone, devices.device_id, devices.class, latest.datapoint, latest.number, latest.value,
    latest.quality, latest.datetime
FROM rooms
JOIN floors ON floors.id = rooms.floor_id
JOIN hotels ON hotels.id = floors.hotel_id
LEFT JOIN devices ON devices.room_id = rooms.id
LEFT JOIN latest_reading AS latest ON latest.device_id = devices.device_id
WHERE rooms.id = %s
ORDER BY devices.device_id, latest.datapoint
"""
QUALITIES = ("good", "degraded", "estimated", "failed")
VIEWS = {
    "iaq": ("iaq", ("temperature", "humidity", "co2")),
    "life_being": ("life_being", ("presence_state", "sensitivity")),
    "climate": ("room_controller", ("temperature", "setpoint", "valve_level", "quality")),
}

pool: AsyncConnectionPool


@asynccontextmanager
async def lifespan(_: FastAPI):
    global pool
    async with AsyncConnectionPool(os.environ["DATABASE_URL"], min_size=4, max_size=4) as pool:
        yield


app = FastAPI(lifespan=lifespan, default_response_class=ORJSONResponse)


@app.get("/rooms/{room_id}/data/")
async def room_data(room_id: int):
    async with pool.connection() as connection:
        rows = await (await connection.execute(QUERY, (room_id,), prepare=True)).fetchall()
    if not rows:
        raise HTTPException(404)
    zone = ZoneInfo(rows[0][0])
    devices: dict[str, tuple[str | None, dict]] = {}
    readings = []
    for _, device_id, device_class, datapoint, number, value, quality, moment in rows:
        if device_id is None:
            continue
        latest = devices.setdefault(device_id, (device_class, {}))[1]
        if datapoint is None:
            continue
        shown = value if number is None else number
        latest[datapoint] = (shown, moment)
        readings.append(
            {
                "device_id": device_id,
                "datapoint": datapoint,
                "value": shown,
                "timestamp": moment.astimezone(zone).isoformat(),
                "quality": QUALITIES[quality],
            }
        )
    answer: dict = {"room_id": room_id}
    for name, (device_class, datapoints) in VIEWS.items():
        answer[name] = view(devices, device_class, datapoints, zone)
    answer["readings"] = readings
    return ORJSONResponse(answer)


def view(devices: dict, device_class: str, datapoints: tuple[str, ...], zone: ZoneInfo) -> dict | None:
    for device_id, (own_class, latest) in devices.items():
        if own_class == device_class:
            found = {name: latest[name][0] if name in latest else None for name in datapoints}
            times: list[datetime] = [latest[name][1] for name in datapoints if name in latest]
            found["timestamp"] = max(times).astimezone(zone).isoformat() if times else None
            found["device_id"] = device_id
            return found
    return None
