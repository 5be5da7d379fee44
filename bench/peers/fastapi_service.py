"""FastAPI's service for uvicorn: that of the folder PEER_FOLDER, and what it lacks for the benchmark, a message's POST."""
import os
import sys

sys.path.insert(0, os.environ["PEER_FOLDER"])
from fastapi import HTTPException
from pydantic import BaseModel, Field

from fastapi_peer import app


class NewMessage(BaseModel):
    role: str
    content: str = Field(min_length=1, max_length=20000)


@app.post("/raw/conversations/{id}/messages", status_code=201)
async def append(id: int, message: NewMessage):
    async with app.state.pool.acquire() as connection, connection.transaction():
        at = await connection.fetchval(
            "UPDATE conversations SET message_count = message_count + 1, updated_at = clock_timestamp() "
            "WHERE id = $1 AND status IN ('ACTIVE', 'ESCALATED') RETURNING updated_at", id)
        if at is None:
            raise HTTPException(404)
        return dict(await connection.fetchrow(
            "INSERT INTO messages (conversation_id, role, content, is_error, requires_human, created_at, updated_at) "
            "VALUES ($1, $2, $3, false, false, $4, $4) RETURNING *", id, message.role, message.content, at))
