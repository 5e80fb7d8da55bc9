"""The servers that ours is compared with: each answers the benchmark's workloads and nothing else."""
