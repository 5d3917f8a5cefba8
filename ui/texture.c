/* SPDX-License-Identifier: Apache-2.0 */
/* What GDK gives out has its colours multiplied by alpha already, so that white shows through by adding what alpha
 * leaves. */
#include "ui/texture.h"

GdkTexture *
smalti_texture_new (SmaltiImage *image)
{
  g_autoptr (GBytes) pixels = g_bytes_new_with_free_func (image->pixels, (gsize)image->width * image->height * 3,
                                                          (GDestroyNotify)smalti_image_unref, smalti_image_ref (image));

  return gdk_memory_texture_new (image->width, image->height, GDK_MEMORY_R8G8B8, pixels, (gsize)image->width * 3);
}

GskRenderNode *
smalti_pixels_to_node (cairo_surface_t *pixels, gdouble width, gdouble height)
{
  GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_t *cr = gsk_cairo_node_get_draw_context (node);

  cairo_set_source_surface (cr, pixels, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

SmaltiImage *
smalti_texture_to_image (GdkTexture *texture)
{
  SmaltiImage *image = smalti_image_new (gdk_texture_get_width (texture), gdk_texture_get_height (texture));
  gsize n = (gsize)image->width * image->height;
  g_autofree guint32 *argb = g_new (guint32, n);

  gdk_texture_download (texture, (guchar *)argb, (gsize)image->width * sizeof *argb);
  for (gsize i = 0; i < n; i++)
    {
      guint32 pixel = argb[i];
      guint8 white = 255 - (pixel >> 24);

      image->pixels[3 * i] = (pixel >> 16 & 0xff) + white;
      image->pixels[3 * i + 1] = (pixel >> 8 & 0xff) + white;
      image->pixels[3 * i + 2] = (pixel & 0xff) + white;
    }
  return image;
}
