"""The sample character: a stylised head with the 52 ARKit blendshapes, made by this code alone.

Inside the package lengths are centimetres and colours linear RGB; `head.make_head` hands out metres.
Axes: right-handed, x = the subject's left, y up, z out of the face, origin at the base of the skull.
"""
