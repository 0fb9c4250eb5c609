"""The same generation, repaired: all heads in one product, codes normalised once, nothing copied to the host, keys and
values in memory of fixed size, one CUDA graph per step."""
import torch
import torch.nn.functional as F

from neox import rotary_table, rotate, scale


class Repaired:
    def __init__(self, shape, weights, batch, positions):
        self.shape, self.weights, self.batch = shape, weights, batch
        like = weights["embed"]
        self.cos, self.sin = rotary_table(shape, positions, like.device, like.dtype)
        room = (batch, shape.heads, positions, shape.head)
        self.keys = [torch.zeros(room, device=like.device, dtype=like.dtype) for _ in range(shape.layers)]
        self.values = [torch.zeros(room, device=like.device, dtype=like.dtype) for _ in range(shape.layers)]
        self.unit = [F.normalize(weights[f"{i}.codes"], dim=-1).transpose(1, 2).contiguous() for i in range(shape.layers)]
        self.books = torch.arange(shape.heads, device=like.device)[:, None, None]
        self.ids = torch.zeros((shape.layers, shape.heads, batch, shape.active), device=like.device, dtype=torch.long)
        self.tokens = torch.zeros((batch, 1), device=like.device, dtype=torch.long)
        self.position = torch.zeros(1, device=like.device, dtype=torch.long)
        self.all_positions = torch.arange(positions, device=like.device)
        self.graph = None

    def snap(self, i, z):
        """z [batch, heads, head] of one position."""
        w = self.weights
        u = F.layer_norm(z, (self.shape.head,), None, None, 1e-5) * w[f"{i}.cln.w"] + w[f"{i}.cln.b"]
        ids = torch.bmm(u.transpose(0, 1), self.unit[i]).topk(self.shape.active, dim=-1).indices
        self.ids[i].copy_(ids)
        return w[f"{i}.codes"][self.books, ids].mean(dim=2).transpose(0, 1)

    def step(self):
        """One position of every sequence; the next tokens take the place of the last ones."""
        shape, w = self.shape, self.weights
        x = F.embedding(self.tokens[:, 0], w["embed"])
        cos, sin = self.cos[self.position], self.sin[self.position]
        seen = (self.all_positions <= self.position)[None, None, None, :]
        for i in range(shape.layers):
            h = F.layer_norm(x, (shape.width,), w[f"{i}.ln1.w"], w[f"{i}.ln1.b"], shape.eps)
            qkv = F.linear(h, w[f"{i}.qkv.w"], w[f"{i}.qkv.b"]).view(self.batch, shape.heads, 1, 3 * shape.head)
            q, k, v = qkv.chunk(3, dim=-1)
            self.keys[i].index_copy_(2, self.position, rotate(k, cos, sin))
            self.values[i].index_copy_(2, self.position, v)
            z = F.scaled_dot_product_attention(
                rotate(q, cos, sin), self.keys[i], self.values[i], attn_mask=seen, scale=scale(shape)
            )
            z = self.snap(i, z[:, :, 0]).reshape(self.batch, shape.width)
            a = F.linear(z, w[f"{i}.out.w"], w[f"{i}.out.b"])
            h = F.layer_norm(x, (shape.width,), w[f"{i}.ln2.w"], w[f"{i}.ln2.b"], shape.eps)
            m = F.linear(F.gelu(F.linear(h, w[f"{i}.up.w"], w[f"{i}.up.b"])), w[f"{i}.down.w"], w[f"{i}.down.b"])
            if f"{i}.mlp.codes" in w:
                m = self.mlp_snap(i, m)
            x = x + a + m
        x = F.layer_norm(x, (shape.width,), w["last.w"], w["last.b"], shape.eps)
        self.tokens.copy_(F.linear(x, w["head"]).argmax(dim=-1, keepdim=True))
        self.position.add_(1)

    def mlp_snap(self, i, m):
        w = self.weights
        codes = w[f"{i}.mlp.codes"]
        u = F.layer_norm(m, codes.shape[-1:], w[f"{i}.mlp.cln.w"], w[f"{i}.mlp.cln.b"], 1e-5)
        ids = torch.matmul(u, F.normalize(codes, dim=-1).T).topk(self.shape.mlp_active, dim=-1).indices
        return codes[ids].mean(dim=1)

    @torch.no_grad()
    def capture(self):
        """A graph of one step; what it ran to warm up is undone by [start]."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.step()
        torch.cuda.current_stream().wait_stream(side)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.step()

    def start(self, position=0):
        self.position.fill_(position)

    @torch.no_grad()
    def run(self):
        if self.graph is None:
            self.step()
        else:
            self.graph.replay()

    @torch.no_grad()
    def generate(self, prompt, count):
        """prompt [batch, time]; greedy tokens [batch, count]."""
        self.start()
        said = []
        for at in range(prompt.shape[1] + count - 1):
            if at < prompt.shape[1]:
                self.tokens.copy_(prompt[:, at : at + 1])
            self.run()
            if at >= prompt.shape[1] - 1:
                said.append(self.tokens.clone())
        return torch.cat(said, dim=1)
