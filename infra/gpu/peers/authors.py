"""Generation with codebooks as the authors' published code does it, written anew from its description.

What is kept on purpose: one module call per head, codes normalised in every forward, all scores of all codes in
memory, ids copied to the host for every codebook of every forward even with logging off, a synchronising check per
codebook, keys and values that grow by concatenation. Logging is off.
"""
import torch
import torch.nn.functional as F

from neox import rotary_table, rotate, scale


class Authors:
    def __init__(self, shape, weights, positions=1024):
        self.shape, self.weights = shape, weights
        sample = weights["embed"]
        self.cos, self.sin = rotary_table(shape, positions, sample.device, sample.dtype)
        self.reset()

    def reset(self):
        self.cache = [None] * self.shape.layers
        self.ids = {}

    def snap(self, x, codes, norm_w, norm_b, site, active):
        """x [batch, time, width of one codebook]."""
        u = F.layer_norm(x, codes.shape[-1:], norm_w, norm_b, 1e-5)
        scores = torch.matmul(u, F.normalize(codes, dim=-1).T)
        _, ids = scores.topk(active, dim=-1)
        self.ids[site] = ids.cpu()
        if (ids < 0).any():
            raise ValueError("no code")
        return F.embedding(ids, codes).sum(dim=-2) / active

    def attention(self, i, h, first):
        shape, w = self.shape, self.weights
        batch, time, _ = h.shape
        qkv = F.linear(h, w[f"{i}.qkv.w"], w[f"{i}.qkv.b"]).view(batch, time, shape.heads, 3 * shape.head)
        q, k, v = (part.transpose(1, 2) for part in qkv.chunk(3, dim=-1))
        cos, sin = self.cos[first : first + time], self.sin[first : first + time]
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if self.cache[i] is not None:
            k = torch.cat((self.cache[i][0], k), dim=2)
            v = torch.cat((self.cache[i][1], v), dim=2)
        self.cache[i] = (k, v)
        scores = torch.matmul(q, k.transpose(-1, -2)) * scale(shape)
        seen = torch.arange(first, first + time, device=h.device)[:, None] >= torch.arange(k.shape[2], device=h.device)
        z = torch.matmul(scores.masked_fill(~seen, float("-inf")).softmax(dim=-1), v).transpose(1, 2)
        heads = [
            self.snap(z[:, :, n], w[f"{i}.codes"][n], w[f"{i}.cln.w"][n], w[f"{i}.cln.b"][n], (i, "attn", n), shape.active)
            for n in range(shape.heads)
        ]
        return F.linear(torch.cat(heads, dim=-1), w[f"{i}.out.w"], w[f"{i}.out.b"])

    def mlp(self, i, h):
        w = self.weights
        m = F.linear(F.gelu(F.linear(h, w[f"{i}.up.w"], w[f"{i}.up.b"])), w[f"{i}.down.w"], w[f"{i}.down.b"])
        if f"{i}.mlp.codes" in w:
            m = self.snap(m, w[f"{i}.mlp.codes"], w[f"{i}.mlp.cln.w"], w[f"{i}.mlp.cln.b"], (i, "mlp", 0), self.shape.mlp_active)
        return m

    def forward(self, tokens, first):
        """tokens [batch, time] at positions first, first + 1, …; logits of the last of them."""
        shape, w = self.shape, self.weights
        x = F.embedding(tokens, w["embed"])
        for i in range(shape.layers):
            a = self.attention(i, F.layer_norm(x, (shape.width,), w[f"{i}.ln1.w"], w[f"{i}.ln1.b"], shape.eps), first)
            m = self.mlp(i, F.layer_norm(x, (shape.width,), w[f"{i}.ln2.w"], w[f"{i}.ln2.b"], shape.eps))
            x = x + a + m
        x = F.layer_norm(x[:, -1], (shape.width,), w["last.w"], w["last.b"], shape.eps)
        return F.linear(x, w["head"])

    @torch.no_grad()
    def generate(self, prompt, count):
        """prompt [batch, time]; greedy tokens [batch, count]."""
        self.reset()
        tokens, first, said = prompt, 0, []
        for _ in range(count):
            logits = self.forward(tokens, first)
            first += tokens.shape[1]
            tokens = logits.argmax(dim=-1, keepdim=True)
            said.append(tokens)
        return torch.cat(said, dim=1)
