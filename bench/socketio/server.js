// Socket.IO as its documentation says: Redis adapter, a pooled PostgreSQL, the message stored before it is shown.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import pg from "pg";
import { createClient } from "redis";
import { Server } from "socket.io";

const pool = new pg.Pool({ connectionString: process.env.BENCH_DATABASE, max: 8 });
const publisher = createClient({ url: process.env.BENCH_REDIS });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);

const http = createServer();
const io = new Server(http, {
  adapter: createAdapter(publisher, subscriber, { key: "bench-socketio" }),
  transports: ["websocket"],
});

io.use(async (socket, next) => {
  const { room, token } = socket.handshake.query;
  const found = await pool.query("SELECT 1 FROM member WHERE token = $1 AND room = $2", [token, room]);
  socket.data = { room, token };
  next(found.rowCount ? undefined : new Error("not a member"));
});

io.on("connection", (socket) => {
  const { room, token } = socket.data;
  socket.join(room);
  socket.on("message", async (content) => {
    const stored = await pool.query(
      "INSERT INTO message (room, author, content) VALUES ($1, $2, $3) RETURNING id, created_at",
      [room, token, content],
    );
    io.to(room).emit("message", { ...stored.rows[0], author: token, content });
  });
});

http.listen(Number(process.argv[2]), "127.0.0.1");
