#!/bin/sh
# Inside the node image: permissions, systemd units and containerd's settings.
set -eu
pause_image=$1
kubernetes_version=$2

chmod 755 /kind /kind/bin /kind/bin/* /usr/local/bin/entrypoint
echo "v$kubernetes_version" > /kind/version

# Units that wait for hardware, log in users or touch the machine have no place in a container.
rm -f /lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service \
    /lib/systemd/system/multi-user.target.wants/* /etc/systemd/system/*.wants/* \
    /lib/systemd/system/local-fs.target.wants/* /lib/systemd/system/sockets.target.wants/*udev* \
    /lib/systemd/system/sockets.target.wants/*initctl* /lib/systemd/system/basic.target.wants/*
echo "ReadKMsg=no" >> /etc/systemd/journald.conf
systemctl enable kubelet.service containerd.service undo-mount-hacks.service
systemctl mask systemd-binfmt.service

# Containers start from containerd's default specification, with kind's hook and without limits on processes.
ctr oci spec | jq '.hooks.createContainer += [{"path": "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
    > /etc/containerd/cri-base.json

# cgroupfs works on both versions of cgroups and lets gVisor run; a negative OOM score needs a capability that the
# machine may lack; the pause image is the one that this kubeadm names.
sed -i -E \
    -e 's/SystemdCgroup = true/SystemdCgroup = false/' \
    -e 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' \
    -e "s|sandbox_image = .*|sandbox_image = \"$pause_image\"|" \
    /etc/containerd/config.toml
grep -q "$pause_image" /etc/containerd/config.toml
sed -i '/^OOMScoreAdjust/d' /etc/systemd/system/containerd.service
